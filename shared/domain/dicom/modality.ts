import * as z from 'zod'

const TERMS = `ANN AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DG DMS DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IVOCT IVUS
KER KO LEN LS M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE
RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA XA XAPROTOCOL XC`

/**
 * Defined Terms of Modality (PS3.3 C.7.3.1.1.1). Closed where a person fills it in: a case's modality stands in lists, worklists
 * and remembered answers, and sixteen free letters are enough for a name.
 */
export const DicomModalitySchema = z
  .enum(TERMS.split(/\s/) as [string, ...string[]])
  .meta({ id: 'DicomModality', description: 'DICOM modality (PS3.3 C.7.3.1.1.1)', examples: ['CT'] })

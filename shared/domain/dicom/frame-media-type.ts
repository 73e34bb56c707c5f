import { TRANSFER_SYNTAX } from './transfer-syntax.ts'

/** Media types of compressed frames (PS3.18 8.7.3.3). */
const compressed: readonly (readonly [string, string])[] = [
  ['1.2.840.10008.1.2.4.5', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.70', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.8', 'image/jls'],
  ['1.2.840.10008.1.2.4.9', 'image/jp2'],
  ['1.2.840.10008.1.2.4.20', 'image/jphc'],
  [TRANSFER_SYNTAX.rleLossless, 'image/dicom-rle'],
]

/** How a frame is encoded, with the transfer syntax as PS3.18 8.7.3.5 names it. An object that does not say is implicit (PS3.5 10.1). */
export const frameMediaType = (transferSyntaxUid: string = TRANSFER_SYNTAX.implicitLittle): string => {
  const found = compressed.find(([prefix]) => transferSyntaxUid.startsWith(prefix))
  return `${found?.[1] ?? 'application/octet-stream'}; transfer-syntax=${transferSyntaxUid}`
}

import { uploadRoutes } from '../../shared/contracts/routes/upload-routes.ts'
import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { assembleObject, completeUpload, resumeUpload } from './complete-upload.ts'
import { listUploadObjects, pageUploadUrls, readUpload } from './follow-upload.ts'
import { openUpload, type UploadPorts } from './open-upload.ts'

export const entry = (ports: HttpPorts & UploadPorts) =>
  httpFunction(ports, uploadRoutes, {
    openUpload: (asked) => openUpload(ports, asked),
    readUpload: (asked) => readUpload(ports, asked),
    listUploadObjects: (asked) => listUploadObjects(ports, asked),
    pageUploadUrls: (asked) => pageUploadUrls(ports, asked),
    assembleObject: (asked) => assembleObject(ports, asked),
    resumeUpload: (asked) => resumeUpload(ports, asked),
    completeUpload: (asked) => completeUpload(ports, asked),
  })

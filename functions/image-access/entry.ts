import { readingRoutes } from '../../shared/contracts/routes/reading-routes.ts'
import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import type { ImagePorts } from './image-reading.ts'
import { listImages } from './list-images.ts'
import { readFrame } from './read-frame.ts'

export const entry = (ports: HttpPorts & ImagePorts) =>
  httpFunction(ports, readingRoutes, {
    listImages: (asked) => listImages(ports, asked),
    readFrame: (asked) => readFrame(ports, asked),
  })

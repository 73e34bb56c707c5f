import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import type { ImagePorts } from './image-reading.ts'
import { listImages } from './list-images.ts'
import { readFrame } from './read-frame.ts'

export const entry = (ports: HttpPorts & ImagePorts) =>
  httpFunction(ports, {
    listImages: (asked) => listImages(ports, asked),
    readFrame: (asked) => readFrame(ports, asked),
  })

import { httpFunction, type HttpPorts } from '../../shared/runtime/http-function.ts'
import { listImages, type ImagePorts } from './list-images.ts'

export const entry = (ports: HttpPorts & ImagePorts) =>
  httpFunction(ports, { listImages: (asked) => listImages(ports, asked) })

/** A part of an object, from `base` on, read in the byte order in force. */
export class ByteWindow {
  protected window: Uint8Array = new Uint8Array(0)
  protected base = 0
  protected littleEndian = true

  protected tagAt(at: number): number {
    return this.littleEndian ? this.uint16(at) * 0x10000 + this.uint16(at + 2) : this.uint32(at)
  }

  protected uint16(at: number): number {
    const first = this.window[at] ?? 0
    const second = this.window[at + 1] ?? 0
    return this.littleEndian ? first | (second << 8) : (first << 8) | second
  }

  protected uint32(at: number): number {
    const first = this.uint16(at)
    const second = this.uint16(at + 2)
    return this.littleEndian ? second * 0x10000 + first : first * 0x10000 + second
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** True if all bytes are printable ASCII, as those of most values are: nothing to decode, nothing to strip. */
export const isPlain = (bytes: Uint8Array): boolean => {
  for (const byte of bytes) if (byte < 0x20 || byte > 0x7e) return false
  return true
}

/** ASCII bytes as text; anything else becomes U+FFFD. UTF-8 is by far the decoder's fastest way to say so. */
export const decodeAscii = (bytes: Uint8Array): string => utf8.decode(bytes)

const decoders = new Map<string, InstanceType<typeof TextDecoder>>()

/** A decoder that never throws: what it cannot read becomes U+FFFD, which no comparison of names takes for a letter. */
export const decodeWith = (label: string, bytes: Uint8Array): string => {
  let decoder = decoders.get(label)
  if (decoder === undefined) {
    decoder = new TextDecoder(label, { ignoreBOM: true })
    decoders.set(label, decoder)
  }
  return decoder.decode(bytes)
}

/** ISO 8859-1 as DICOM means it. The Encoding Standard's `iso-8859-1` is windows-1252, which differs in 0x80-0x9F. */
export const decodeLatin1 = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** JIS X 0201: katakana in G1. */
const decodeKatakana = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) {
    const isKatakana = byte >= 0xa1 && byte <= 0xdf
    if (isKatakana) text += String.fromCharCode(0xff61 + byte - 0xa1)
    else text += byte < 0x80 ? String.fromCharCode(byte) : '\ufffd'
  }
  return text
}

/** Decodes the bytes of one set, in which G0 is ASCII and `label` names G1. */
export const decodeSet = (label: string, bytes: Uint8Array): string => {
  if (label === 'katakana') return decodeKatakana(bytes)
  return label === 'iso-8859-1' ? decodeLatin1(bytes) : decodeWith(label, bytes)
}

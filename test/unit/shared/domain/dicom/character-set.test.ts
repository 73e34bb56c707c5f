import { describe, expect, it } from 'vitest'
import { chooseDecoding, decodeText } from '../../../../../shared/domain/dicom/character-set.ts'
import { ascii, raw } from '../../../../fixtures/dicom-attack-bytes.ts'

const read = (terms: string, value: string): string => decodeText(raw(value), chooseDecoding(ascii(terms)))

describe('character sets', () => {
  it.each([
    ['ISO_IR 100', 'Buc^J\xe9r\xf4me', 'Buc^Jérôme'],
    ['ISO_IR 101', 'Wa\xb3\xeasa', 'Wałęsa'],
    ['ISO_IR 109', '\xa6avar', 'Ĥavar'],
    ['ISO_IR 110', '\xa9', 'Š'],
    ['ISO_IR 144', '\xbb\xee\xda', 'Люк'],
    ['ISO_IR 127', '\xe2\xc8\xc7\xe6\xea', 'قباني'],
    ['ISO_IR 126', '\xc4\xe9\xef\xed', 'Διον'],
    ['ISO_IR 138', '\xf9\xf8\xe5\xef', 'שרון'],
    ['ISO_IR 148', '\xc7a\xf0lar', 'Çağlar'],
    ['ISO_IR 203', '\xbdil', 'œil'],
    ['ISO_IR 166', '\xca\xc1\xaa\xd2\xc2', 'สมชาย'],
    ['ISO_IR 13', '\xd4\xcf\xc0\xde', 'ﾔﾏﾀﾞ'],
    ['ISO_IR 192', '\xe7\x8e\x8b', '王'],
    ['GB18030', '\xcd\xf5^\xd0\xa1\xb6\xab', '王^小东'],
    ['GBK', '\xcd\xf5^\xd0\xa1\xb6\xab', '王^小东'],
    ['ISO 2022 IR 6\\ISO 2022 IR 58', '\x1b$)A\xcd\xf5^\x1b$)A\xd0\xa1', '王^小'],
    ['\\ISO 2022 IR 149', 'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7', 'Hong^Gildong=洪^吉洞'],
    ['\\ISO 2022 IR 87', 'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'Yamada^Tarou=山田^太郎'],
    ['ISO 2022 IR 13\\ISO 2022 IR 87', '\xd4\xcf\xc0\xde=\x1b$B;3ED\x1b(J', 'ﾔﾏﾀﾞ=山田'],
    ['\\ISO 2022 IR 159', '\x1b$(D0!\x1b(B', '丂'],
    ['ISO 2022 IR 100\\ISO 2022 IR 144', 'Andr\xe9=\x1b-L\xbb\xee\xda', 'André=Люк'],
  ])('%s', (terms, value, text) => {
    expect(read(terms, value)).toBe(text)
  })

  it.each(['ISO-IR 100', 'iso_ir 100', 'ISO IR 100', 'ISO_IR100', 'ISO 8859-1', 'ISO-8859-1'])(
    'takes %s for what it can only mean',
    (terms) => {
      expect(read(terms, 'J\xe9r\xf4me')).toBe('Jérôme')
    },
  )

  it('reads a name in UTF-8 whose writer forgot to say so, and otherwise Latin-1', () => {
    expect(read('', 'M\xc3\xbcller')).toBe('Müller')
    expect(read('', 'M\xfcller')).toBe('Müller')
    expect(read('NO SUCH SET', 'M\xfcller')).toBe('Müller')
  })

  it('reads Latin-1 as DICOM means it, not as windows-1252', () => {
    expect(read('ISO_IR 100', 'a\x80b')).toBe('a\u0080b')
  })

  it('goes back to the initial sets after a delimiter, and reads on if the writer forgot to name its own again', () => {
    expect(read('ISO 2022 IR 100\\ISO 2022 IR 144', '\x1b-L\xbb=\xe9')).toBe('Л=é')
    expect(read('\\ISO 2022 IR 149', '\x1b$)C\xfb\xf3^\xd1\xce')).toBe('洪^吉')
  })

  it('takes the byte of a caret inside a Japanese pair for a part of the character', () => {
    expect(read('\\ISO 2022 IR 87', '\x1b$B^^\x1b(B^x')).toMatch(/^.\^x$/u)
  })

  it('never throws and never hangs on bytes that are no text', () => {
    const every = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code))
    for (const terms of ['ISO_IR 192', '\\ISO 2022 IR 87', '\\ISO 2022 IR 149', 'ISO_IR 13', 'GB18030', ''])
      expect(typeof read(terms, every + '\x1b' + every + '\x1b$(')).toBe('string')
  })
})

/**
 * A text without the given characters at its end. `replace(/ +$/, '')` says the same, and takes the square of the time where many
 * of them stand before something else: two seconds for 64 KiB of spaces and a letter, minutes for a header of such texts.
 */
export const withoutTail = (text: string, characters: string): string => {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

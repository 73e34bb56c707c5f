import { InvalidArgumentError } from 'commander'

/** An option that is a count or a port: `abc` is wrong usage, and must not run the command with nothing. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`A whole number from ${least} to ${most}.`)
    return value
  }

export const MOST_AT_A_TIME = 64
export const LAST_PORT = 65_535

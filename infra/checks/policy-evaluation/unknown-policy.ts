/**
 * The evaluator met something it does not know. It never guesses: an operator read wrongly would let a test say
 * "denied" of a door that AWS leaves open.
 */
export class UnknownPolicy extends Error {
  override readonly name = 'UnknownPolicy'
}

import { ApiProblem } from '../../local/client/api-client.ts'

/** The problem that it is refused with; what fails otherwise is thrown on. */
export const refusalOf = async (answer: Promise<unknown>): Promise<ApiProblem['problem'] | undefined> => {
  try {
    await answer
    return undefined
  } catch (thrown) {
    if (thrown instanceof ApiProblem) return thrown.problem
    throw thrown
  }
}

export const codeOf = async (answer: Promise<unknown>): Promise<string> =>
  (await refusalOf(answer))?.code ?? 'no refusal'

import { answerTasks } from './answer-tasks.ts'
import { tries } from './surfaces.ts'

answerTasks(tries)

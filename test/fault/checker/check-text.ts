import { type Problem, type RunEvidence } from './evidence.ts';

interface Message {
  readonly id: string;
  readonly text: string;
  readonly isSuperseded: boolean;
}

/**
 * A completed run says all that the model said, and its output is the text of the last message that was not superseded; so is what an ended run keeps. Every
 * message of a completed run is a whole answer or was superseded, and of a superseded one nothing comes after.
 */
export function checkText(evidence: RunEvidence): Problem[] {
  const { run, log, steps, finalText } = evidence;
  const problems: Problem[] = [];
  const messages = readMessages(evidence, problems);
  if (run === null || run.last_seq === 0) return problems;
  const spoken = messages.findLast(({ isSuperseded }) => !isSuperseded)?.text ?? '';
  if ((run.output ?? '') !== spoken)
    problems.push(text(`the output is ${quote(run.output)}, and the log says ${quote(spoken)}`));
  if (run.status !== 'COMPLETED') return problems;
  if (run.output !== finalText)
    problems.push(text(`the output is ${quote(run.output)}, and the model said ${quote(finalText)}`));
  for (const message of messages.filter(({ isSuperseded }) => !isSuperseded)) {
    const step = steps.find(({ id }) => id === message.id);
    if (step?.status !== 'COMPLETED' || step.content !== message.text)
      problems.push(text(`the message ${message.id} is neither whole nor superseded`));
  }
  for (const { payload } of log.filter(({ type }) => type === 'MessageSuperseded')) {
    if (steps.find(({ id }) => id === payload.messageId)?.status !== 'SUPERSEDED')
      problems.push(text(`the message ${payload.messageId} was superseded, and its step tells otherwise`));
  }
  return problems;
}

/** In the order in which they begin. */
function readMessages({ log }: RunEvidence, problems: Problem[]): Message[] {
  const texts = new Map<string, string>();
  const superseded = new Set<string>();
  for (const { type, seq, payload } of log) {
    const id = payload.messageId ?? '';
    if (type === 'MessageSuperseded') {
      if (superseded.has(id)) problems.push(text(`the message ${id} was superseded twice`));
      if (!texts.has(id)) problems.push(text(`the message ${id} was superseded, and never begun`));
      superseded.add(id);
    }
    if (type !== 'TextDelta') continue;
    if (superseded.has(id)) problems.push(text(`${seq} adds to the superseded message ${id}`));
    texts.set(id, (texts.get(id) ?? '') + (payload.delta ?? ''));
  }
  return Array.from(texts, ([id, said]) => ({ id, text: said, isSuperseded: superseded.has(id) }));
}

function quote(value: string | null): string {
  const said = JSON.stringify(value ?? '');
  return said.length <= 80 ? said : `${said.slice(0, 40)} … ${said.slice(-40)}`;
}

function text(sentence: string): Problem {
  return { kind: 'text', text: sentence };
}

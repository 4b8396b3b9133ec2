import { hashText } from '../lib/hash-text.ts';
import { truncateText } from '../lib/truncate-text.ts';
import { type Conversation } from './conversation.ts';

/** What the templates are filled with. */
interface Topic {
  /** The question, short and on one line. */
  readonly question: string;
  readonly words: number;
  /** What the user said before the question; empty: nothing. */
  readonly before: string;
  /** How many messages the user has sent. */
  readonly turn: number;
  /** The first sentence of the agent's instructions; empty: none. */
  readonly task: string;
  /** The tools on offer, listed; empty: none. */
  readonly tools: string;
}

type Template = (topic: Topic) => string;

const HINT = 'Set OPENAI_API_KEY, or OPENAI_BASE_URL for Ollama or vLLM, and start again to hear a real one.';

const GENERAL: readonly [Template, ...Template[]] = [
  ({ question }) =>
    `I am the offline model: no language model is behind me, so I cannot think about “${question}”. ${HINT}`,
  ({ question, words }) =>
    `You asked “${question}”, ${words === 1 ? 'one word' : `${words} words`}. That much the offline model can count; to answer takes a real model.`,
  ({ question }) =>
    `A good answer to “${question}” needs a model that has read something. The offline model has not, but all around it is real: this run is stored, its tokens went through the event log, and your scopes were checked.`,
  ({ question }) =>
    `The offline model speaking. I have written down “${question}”; a real model would now reason about it. You can still try what the server does: cancel this run, read it again later, or ask with another caller's token.`,
  ({ question }) =>
    `About “${question}” I know nothing, as the offline model I only show how an answer arrives: word by word, each one stored before you see it. ${HINT}`,
  ({ turn }) =>
    `This is message ${turn} of our conversation, and the session keeps them all. What I say to it comes from the offline model, out of a short list of sentences.`,
  ({ question }) =>
    `Imagine here three thoughtful paragraphs on “${question}”. The offline model can only offer this one. ${HINT}`,
  ({ question }) =>
    `“${question}” is noted. Close this stream in the middle and ask for its events again: nothing will be missing. That works with the offline model as with any other.`,
];

const WITH_PAST: readonly Template[] = [
  ({ before, question }) =>
    `You said before: “${before}”. Now it is “${question}”. The offline model remembers both, since the session does, but it cannot join the two.`,
  ({ before, turn }) =>
    `${turn} messages so far, and before this one came “${before}”. I am the offline model, so my memory is better than my wit.`,
];

const WITH_TASK: readonly Template[] = [
  ({ task, question }) =>
    `My instructions begin with “${task}”. The offline model can read them but not follow them, so “${question}” stays open. ${HINT}`,
  ({ task }) => `An agent that is told “${task}” deserves a better model than the offline model. ${HINT}`,
];

const WITH_TOOLS: readonly Template[] = [
  ({ tools, question }) =>
    `In this run I may call ${tools}, and nothing in “${question}” asks for it in words that the offline model knows.`,
];

const SPECIAL: readonly (readonly [RegExp, Template])[] = [
  [
    /^\W*(hi|hello|hey|good (morning|day|afternoon|evening))\b/i,
    ({ tools }) =>
      `Hello! I am the offline model, here so that you can try Ambit without a key.${tools === '' ? '' : ` I can call ${tools} when you ask for it.`}`,
  ],
  [/\b(thanks|thank you)\b/i, () => 'You are welcome, says the offline model, which says it to everybody.'],
  [
    /\b(who|what) are you\b|\byour name\b|\bwhich model\b/i,
    ({ task }) =>
      `I am the offline model.${task === '' ? '' : ` My agent's instructions begin with “${task}”.`} ${HINT}`,
  ],
  [
    /\b(do you remember|did i (say|ask|tell)|i (said|asked|told))\b/i,
    ({ before }) =>
      before === ''
        ? 'This is the first message of our conversation, as far as the offline model can see.'
        : `You said before: “${before}”. The offline model reads that from the session.`,
  ],
];

/** A reply out of some dozen templates: the one that the question calls for, else one that question and history choose. */
export function writeReply(conversation: Conversation): string {
  const topic = toTopic(conversation);
  const special = SPECIAL.find(([pattern]) => pattern.test(conversation.question));
  if (special !== undefined) return special[1](topic);
  const templates = [
    ...GENERAL,
    ...(topic.before === '' ? [] : WITH_PAST),
    ...(topic.task === '' ? [] : WITH_TASK),
    ...(topic.tools === '' ? [] : WITH_TOOLS),
  ];
  const chosen = templates[hashText(`${topic.turn} ${conversation.question}`) % templates.length];
  return (chosen ?? GENERAL[0])(topic);
}

function toTopic({ question, earlier, instructions, tools }: Conversation): Topic {
  return {
    question: toLine(question, 80),
    words: question.split(/\s+/).filter((word) => word !== '').length,
    before: toLine(earlier.at(-1) ?? '', 80),
    turn: earlier.length + 1,
    task: toLine(/^[^.!?\n]*/.exec(instructions.trim())?.[0] ?? '', 100),
    tools: [...tools].slice(0, 5).join(' or '),
  };
}

function toLine(text: string, maxLength: number): string {
  return truncateText(text.slice(0, 1000).replaceAll(/\s+/g, ' ').trim().toWellFormed(), maxLength);
}

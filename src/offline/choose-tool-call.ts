import { truncateText } from '../lib/truncate-text.ts';
import { type Conversation } from './conversation.ts';
import { findNumbers } from './find-numbers.ts';

export interface OfflineToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

type Choice =
  | { readonly type: 'call'; readonly call: OfflineToolCall }
  | { readonly type: 'refusal'; readonly text: string };

interface Skill {
  readonly tool: string;
  /** The arguments when the question asks for it, else `null`. */
  readonly read: (question: string) => Readonly<Record<string, unknown>> | null;
}

const NEWS = /\b(news|headlines?)\b/i;
const SEARCH = /\b(search|look\s+up|google|find\s+out|on\s+the\s+(web|internet)|online)\b/i;
const CURRENT =
  /\b(today|tonight|latest|newest|current|currently|right\s+now|nowadays|recent|recently|this\s+(week|month|year)|weather)\b/i;
const STATUS = /\b(server|uptime|status|memory|health|healthy|node\s+version|doing)\b/i;

/** In the order in which they are tried. */
const SKILLS: readonly Skill[] = [
  { tool: 'announce', read: readAnnouncement },
  { tool: 'news_search', read: (question) => (NEWS.test(question) ? { query: toQuery(question) } : null) },
  {
    tool: 'web_search',
    read: (question) =>
      [SEARCH, CURRENT, NEWS].some((pattern) => pattern.test(question)) ? { query: toQuery(question) } : null,
  },
  { tool: 'summarize_numbers', read: readNumbers },
  { tool: 'server_status', read: (question) => (STATUS.test(question) ? {} : null) },
];

/**
 * The call of a tool on offer that the question asks for; a refusal when the agent is told of such a tool but this run is not
 * offered it; `null` when the question asks for none.
 */
export function chooseToolCall({ question, instructions, tools }: Conversation): Choice | null {
  const wanted = SKILLS.flatMap(({ tool, read }) => {
    const args = read(question);
    return args === null ? [] : [{ name: tool, arguments: args }];
  });
  const call = wanted.find(({ name }) => tools.has(name));
  if (call !== undefined) return { type: 'call', call };
  const missing = wanted.find(({ name }) => instructions.includes(name));
  if (missing === undefined) return null;
  const text = `That takes the tool ${missing.name}, which this run is not offered: whoever started it may lack its scope. (I am the offline model.)`;
  return { type: 'refusal', text };
}

function readNumbers(question: string): { numbers: number[] } | null {
  const numbers = findNumbers(question);
  return numbers.length < 2 ? null : { numbers };
}

function readAnnouncement(question: string): { text: string } | null {
  const [, text = ''] = /\bannounce(?:\s+that)?\b[\s:,]*(.+)/is.exec(question) ?? [];
  return text === '' ? null : { text: truncateText(text.replaceAll(/\s+/g, ' ').trim(), 300) };
}

const LEAD =
  /^(?:(?:please|can|could|would|you|i|we|want|need|to|me|us|and|what|is|are|the|do|a|about|for|on|of|in|any|show|tell|give|get|find|out|search|look|up|google|web|internet|online|latest|recent|news|headlines?|web_search|news_search)(?=[\s:,-]|$)[\s:,-]*)+/i;

/** The question without the words that ask for a search; whole where nothing else is in it. */
function toQuery(question: string): string {
  const line = question.replaceAll(/\s+/g, ' ').trim().slice(0, 1000);
  const query = line
    .replace(LEAD, '')
    .replace(/[\s?!.]+$/, '')
    .trim();
  return truncateText(query === '' ? line : query, 200);
}

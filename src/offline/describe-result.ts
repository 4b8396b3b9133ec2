import { isRecord } from '../lib/is-record.ts';
import { parseJson } from '../lib/parse-json.ts';
import { truncateText } from '../lib/truncate-text.ts';
import { type ToolResult } from './conversation.ts';

/** A tool's result in sentences. Tools that are known here answer with an object, or fail with a sentence, which is told. */
export function describeResult({ tool, content }: ToolResult): string {
  const describe = DESCRIBERS.get(tool);
  const result = parseRecord(content);
  const failed = describe !== undefined && result === null;
  const description = result === null ? null : describe?.(result, tool);
  return description ?? `${tool} ${failed ? 'failed' : 'answered'}: ${truncateText(content, 500)}`;
}

type Describe = (result: Record<string, unknown>, tool: string) => string | null;

const DESCRIBERS: ReadonlyMap<string, Describe> = new Map([
  ['web_search', describeSearch],
  ['news_search', describeSearch],
  ['summarize_numbers', describeNumbers],
  ['server_status', describeStatus],
  ['announce', ({ announced }) => (typeof announced === 'string' ? `I announced: “${announced}”` : null)],
]);

function describeSearch({ query, results }: Record<string, unknown>, tool: string): string | null {
  if (!Array.isArray(results)) return null;
  const found = results.filter(isRecord);
  if (found.length === 0) return `${tool} found nothing for “${show(query)}”.`;
  const list = found.slice(0, 5).map((result, index) => `${index + 1}. ${describeFound(result)}`);
  return [`This is what ${tool} found for “${show(query)}”:`, ...list].join('\n\n');
}

function describeFound({ title, url, snippet, source, date }: Record<string, unknown>): string {
  const day = typeof date === 'string' ? `, ${date.slice(0, 10)}` : '';
  const excerpt = show(snippet) === '' ? '' : `: ${truncateText(show(snippet), 160)}`;
  return `${show(title)} (${show(source)}${day})${excerpt}\n   ${show(url)}`;
}

function describeNumbers(result: Record<string, unknown>): string | null {
  const { count, sum, mean, median, minimum, maximum, standardDeviation } = result;
  if (typeof count !== 'number') return null;
  return [
    `${count} numbers: the mean is ${round(mean)}, the median ${round(median)}, the sum ${round(sum)}.`,
    `They go from ${round(minimum)} to ${round(maximum)}, with a standard deviation of ${round(standardDeviation)}.`,
  ].join(' ');
}

function describeStatus({
  uptimeSeconds,
  residentMegabytes,
  nodeVersion,
}: Record<string, unknown>): string | null {
  if (typeof uptimeSeconds !== 'number') return null;
  return `The server has been up for ${uptimeSeconds} seconds, uses ${round(residentMegabytes)} MB of memory and runs on Node ${show(nodeVersion)}.`;
}

function round(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : 'not known';
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parseRecord(text: string): Record<string, unknown> | null {
  const value = parseJson(text);
  return isRecord(value) ? value : null;
}

import { toPrintableText } from '../../lib/to-printable-text.ts';
import type { Finding } from './finding.ts';

const STATUS_WIDTH = 'fail'.length;

/** A line for each, and below it how to mend it. */
export function describeFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, status, message, mend }) => {
    const indent = ' '.repeat(STATUS_WIDTH + 2 + width + 2);
    const text = [message, ...(mend === undefined ? [] : [`→ ${mend}`])].join('\n');
    return `${status.padEnd(STATUS_WIDTH)}  ${check.padEnd(width)}  ${text.replaceAll('\n', `\n${indent}`)}\n`;
  });
  const count = (status: Finding['status']): number => findings.filter((one) => one.status === status).length;
  return toPrintableText(`${lines.join('')}${count('fail')} fail, ${count('warn')} warn.\n`);
}

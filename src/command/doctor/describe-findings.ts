import { toPrintableText } from '../../lib/to-printable-text.ts';
import type { Finding } from './finding.ts';

/** A line for each, and below it how to mend it. */
export function describeFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, status, message, mend }) => {
    const indent = ' '.repeat(status.length + (4 - status.length) + 2 + width + 2);
    const text = [message, ...(mend === undefined ? [] : [`→ ${mend}`])].join('\n');
    return `${status.padEnd(4)}  ${check.padEnd(width)}  ${text.replaceAll('\n', `\n${indent}`)}\n`;
  });
  const count = (status: Finding['status']): number => findings.filter((one) => one.status === status).length;
  return toPrintableText(`${lines.join('')}${count('fail')} fail, ${count('warn')} warn.\n`);
}

/** `text` as a terminal shows it and does nothing else: control characters but tab and line feed become U+FFFD. */
export function toPrintableText(text: string): string {
  return text.replaceAll(/(?![\t\n])\p{Cc}/gu, '\uFFFD');
}

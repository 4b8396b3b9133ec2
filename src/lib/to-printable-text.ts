/**
 * `text` as a terminal shows it and does nothing else: control characters but tab and line feed become U+FFFD, and so do those that have
 * what follows shown in another order (UAX #9, sections 2.1 to 2.5), in which a call to be approved would read as another one. Marks of
 * direction stay, as texts in Arabic or Hebrew need them.
 */
export function toPrintableText(text: string): string {
  return text.replaceAll(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '\uFFFD');
}

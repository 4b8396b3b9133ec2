/** Whether `text` is well-formed UTF-16 without control characters: fit for a database, a log line and a header. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

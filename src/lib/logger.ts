import { type Logger, pino } from 'pino';

export type { Logger };

/** A structured logger (JSON lines on `stream`, stderr by default), with secrets redacted wherever they commonly stand. */
export function createLogger(level: string, stream: { write(line: string): void } = process.stderr): Logger {
  return pino(
    {
      level,
      redact: {
        paths: ['*.authorization', '*.headers.authorization', '*.apiKey', '*.token'],
        censor: '[redacted]',
      },
    },
    stream,
  );
}

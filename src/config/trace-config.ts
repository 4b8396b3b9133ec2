import { badSetting, type EnvReader } from './env-reader.ts';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Where traces go, as OpenTelemetry's own settings say: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export interface TraceConfig {
  /** Spans are posted here as OTLP, protobuf over HTTP. */
  readonly url: string;
  /** May hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** Of whom the spans are, by attribute: `service.name` is among them. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: (typeof SAMPLERS)[number];
  /** Of the traces that begin here, from 0 to 1; for the samplers of that kind. */
  readonly ratio: number;
  /** Whether a trace that the caller has begun is gone on with. */
  readonly continuesTraces: boolean;
}

/** `null`: no endpoint is set, or tracing is switched off. Throws `TypeError` as `EnvReader` does. */
export function readTraceConfig(read: EnvReader): TraceConfig | null {
  const url = readUrl(read);
  const isDisabled = read.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true';
  const exporter = read.word('OTEL_TRACES_EXPORTER', ['otlp', 'none'], 'otlp');
  if (url === null || isDisabled || exporter === 'none') return null;
  requireProtobuf(read);
  const attributes = readPairs(read, 'OTEL_RESOURCE_ATTRIBUTES');
  return {
    url,
    headers: {
      ...readPairs(read, 'OTEL_EXPORTER_OTLP_HEADERS'),
      ...readPairs(read, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'),
    },
    timeoutMs: read.integer('OTEL_EXPORTER_OTLP_TIMEOUT', { min: 1, max: 600_000, fallback: 10_000 }),
    resource: {
      'service.name': 'ambit',
      ...attributes,
      ...(read.text('OTEL_SERVICE_NAME') !== undefined && {
        'service.name': read.text('OTEL_SERVICE_NAME') ?? '',
      }),
    },
    sampler: read.word('OTEL_TRACES_SAMPLER', SAMPLERS, 'parentbased_always_on'),
    ratio: readRatio(read),
    continuesTraces: readPropagators(read),
  };
}

/** The endpoint of all signals has a path for each of them; that of traces is taken as it is. */
function readUrl(read: EnvReader): string | null {
  const protocols = ['http:', 'https:'];
  const own = read.url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', protocols);
  const base = read.url('OTEL_EXPORTER_OTLP_ENDPOINT', protocols);
  return own ?? (base === null ? null : `${base.replace(/\/+$/, '')}/v1/traces`);
}

function requireProtobuf(read: EnvReader): void {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    if ((read.text(name) ?? 'http/protobuf') !== 'http/protobuf')
      throw badSetting(name, 'must be http/protobuf: traces are sent by no other protocol');
  }
}

function readRatio(read: EnvReader): number {
  const text = read.text('OTEL_TRACES_SAMPLER_ARG');
  const ratio = text === undefined ? 1 : Number(text);
  if (!(ratio >= 0 && ratio <= 1))
    throw badSetting('OTEL_TRACES_SAMPLER_ARG', 'must be a number from 0 to 1');
  return ratio;
}

function readPropagators(read: EnvReader): boolean {
  const names = read.list('OTEL_PROPAGATORS');
  const unknown = names.find((name) => !['tracecontext', 'baggage', 'none'].includes(name));
  if (unknown !== undefined) throw badSetting('OTEL_PROPAGATORS', 'must be tracecontext or none');
  return names.length === 0 || names.includes('tracecontext');
}

/** `key=value` separated by commas, percent-encoded where need be. The value itself is left out of the error: it may be a secret. */
function readPairs(read: EnvReader, name: string): Record<string, string> {
  const pairs = read.list(name).map((item): [string, string] => {
    const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/s.exec(item) ?? [];
    const decoded = value === undefined ? null : decode(value);
    if (key === undefined || decoded === null)
      throw badSetting(name, 'must be key=value, separated by commas, percent-encoded');
    return [key, decoded];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // A % that begins no character.
    return null;
  }
}

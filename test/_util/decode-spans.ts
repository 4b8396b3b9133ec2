/** A span as a collector is sent it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER' | 'UNSPECIFIED';
  readonly isError: boolean;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of the process that made it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;

/**
 * The spans of an ExportTraceServiceRequest: https://github.com/open-telemetry/opentelemetry-proto, trace.proto. Messages are read by the
 * numbers of their fields: https://protobuf.dev/programming-guides/encoding/
 */
export function decodeSpans(body: Buffer): ReceivedSpan[] {
  return messages(body, 1).flatMap((ofResource) => {
    const resource = attributesOf(messages(ofResource, 1)[0] ?? Buffer.alloc(0), 1);
    return messages(ofResource, 2).flatMap((ofScope) =>
      messages(ofScope, 2).map((span) => decodeSpan(span, resource)),
    );
  });
}

function decodeSpan(span: Buffer, resource: ReceivedSpan['resource']): ReceivedSpan {
  const fields = readFields(span);
  const bytes = (number: number): Buffer => messages(span, number)[0] ?? Buffer.alloc(0);
  const integer = (number: number): bigint =>
    BigInt(fields.find((field) => field.number === number)?.integer ?? 0n);
  const status = readFields(bytes(15));
  return {
    traceId: bytes(1).toString('hex'),
    spanId: bytes(2).toString('hex'),
    parentId: bytes(4).toString('hex'),
    name: bytes(5).toString(),
    kind: KINDS[Number(integer(6))] ?? 'UNSPECIFIED',
    isError: status.some(({ number, integer: code }) => number === 3 && code === 2n),
    startNs: integer(7),
    endNs: integer(8),
    attributes: attributesOf(span, 9),
    resource,
  };
}

function attributesOf(message: Buffer, number: number): Record<string, unknown> {
  return Object.fromEntries(
    messages(message, number).map((pair) => [
      messages(pair, 1)[0]?.toString() ?? '',
      valueOf(messages(pair, 2)[0] ?? Buffer.alloc(0)),
    ]),
  );
}

/** AnyValue of common.proto: text, truth, integer, double, list. */
function valueOf(value: Buffer): unknown {
  const [field] = readFields(value);
  switch (field?.number) {
    case 1:
      return field.bytes.toString();
    case 2:
      return field.integer === 1n;
    case 3:
      return Number(field.integer);
    case 4:
      return field.bytes.readDoubleLE();
    case 5:
      return messages(field.bytes, 1).map(valueOf);
    default:
      return undefined;
  }
}

interface Field {
  readonly number: number;
  readonly integer: bigint;
  readonly bytes: Buffer;
}

function messages(message: Buffer, number: number): Buffer[] {
  return readFields(message).flatMap((field) => (field.number === number ? [field.bytes] : []));
}

function readFields(message: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length;) {
    const [key, afterKey] = readVarint(message, at);
    const number = Number(key >> 3n);
    const type = Number(key & 7n);
    if (type === 0) {
      const [integer, end] = readVarint(message, afterKey);
      fields.push({ number, integer, bytes: Buffer.alloc(0) });
      at = end;
      continue;
    }
    const [length, start] = type === 2 ? readVarint(message, afterKey) : [type === 1 ? 8n : 4n, afterKey];
    at = start + Number(length);
    const bytes = message.subarray(start, at);
    fields.push({ number, integer: type === 1 ? bytes.readBigUInt64LE() : 0n, bytes });
  }
  return fields;
}

function readVarint(message: Buffer, start: number): [bigint, number] {
  let value = 0n;
  for (let at = start; ; at += 1) {
    const byte = message[at];
    if (byte === undefined) throw new Error('The message ends within a number.');
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return [value, at + 1];
  }
}

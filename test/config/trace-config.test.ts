import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config.ts';
import { EnvReader } from '../../src/config/env-reader.ts';
import { secretsOf } from '../../src/config/secrets-of.ts';
import { readTraceConfig } from '../../src/config/trace-config.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const read = (env: Record<string, string>) => readTraceConfig(new EnvReader(env));

describe('the settings of OpenTelemetry', () => {
  it('trace nothing unless an endpoint is named, nor when they say that nothing is to be', () => {
    for (const env of [
      {},
      { OTEL_SERVICE_NAME: 'shop' },
      { ...ENDPOINT, OTEL_SDK_DISABLED: 'True' },
      { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' },
    ])
      expect(read(env)).toBeNull();
  });

  it('have the defaults of the specification, and a name of ours', () => {
    expect(read(ENDPOINT)).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: {},
      timeoutMs: 10_000,
      resource: { 'service.name': 'ambit' },
      sampler: 'parentbased_always_on',
      ratio: 1,
      continuesTraces: true,
    });
  });

  it('of traces go before those of all signals', () => {
    const config = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/base/',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://other/as-it-is',
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1, b=two%20words',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=3',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=named,deployment.environment.name=test',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      OTEL_PROPAGATORS: 'none',
    });
    expect(config).toEqual({
      url: 'https://other/as-it-is',
      headers: { a: '3', b: 'two words' },
      timeoutMs: 10_000,
      resource: { 'service.name': 'named', 'deployment.environment.name': 'test' },
      sampler: 'traceidratio',
      ratio: 0.25,
      continuesTraces: false,
    });
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector/base/' })?.url).toBe(
      'http://collector/base/v1/traces',
    );
    expect(
      read({ ...ENDPOINT, OTEL_SERVICE_NAME: 'mine', OTEL_RESOURCE_ATTRIBUTES: 'service.name=named' })
        ?.resource,
    ).toEqual({ 'service.name': 'mine' });
  });

  it.each<[string, string]>([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://u:hunter2@collector'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'http/json'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'hunter2'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key=hunter2%'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s'],
    ['OTEL_RESOURCE_ATTRIBUTES', '=hunter2'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['OTEL_PROPAGATORS', 'b3'],
  ])('stop the start when %s is %s, without saying its value', (name, value) => {
    expect(() => read({ ...ENDPOINT, [name]: value })).toThrow(new RegExp(`^${name} must `));
    expect(() => read({ ...ENDPOINT, [name]: value })).not.toThrow(/hunter2/);
  });

  it('hold secrets in their headers, with and without a scheme', () => {
    const headers = 'x-api-key=key-of-collector,authorization=Bearer%20token-of-collector';
    const config = readConfig({ ...ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS: headers });
    expect(secretsOf(config)).toEqual([
      'key-of-collector',
      'Bearer token-of-collector',
      'token-of-collector',
    ]);
  });
});

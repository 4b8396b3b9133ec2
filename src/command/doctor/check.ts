import type { AppDefinition } from '../../agent/app-definition.ts';
import type { Config } from '../../config.ts';
import type { ServerAddress } from '../server-address.ts';
import type { Finding } from './finding.ts';

/** What all checks may know. */
export interface CheckContext {
  readonly config: Config;
  /** `null`: the app file does not load. */
  readonly definition: AppDefinition | null;
  /** What AMBIT_URL and AMBIT_TOKEN say. */
  readonly server: ServerAddress;
  /** How long one thing may be waited for. */
  readonly timeoutMs: number;
}

/** Looks at one thing and changes nothing. What it throws is a finding too. */
export interface Check {
  readonly name: string;
  readonly find: (context: CheckContext) => Promise<readonly Finding[]>;
}

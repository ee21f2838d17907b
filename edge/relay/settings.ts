// What the operator says of sources, as the guard takes it.
import type { SourceEnv } from '../env.ts';
import { namedHosts, type GuardSettings } from './guard.ts';
import { resolverAt } from './resolve.ts';

const USUAL_RESOLVER = 'https://cloudflare-dns.com/dns-query';

/** Null: this edge asks no source for anybody. `ports` need not be named with their host. */
export function guardSettings(env: SourceEnv, ports: readonly number[]): GuardSettings | null {
	if (env.SOURCE_RELAY === 'off') return null;
	return {
		ports: new Set(ports),
		named: namedHosts(env.SOURCE_HOSTS),
		isNamedOnly: env.SOURCE_RELAY === 'named',
		resolve: resolverAt(env.SOURCE_RESOLVER ?? USUAL_RESOLVER)
	};
}

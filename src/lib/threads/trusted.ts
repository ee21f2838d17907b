// The page's one Trusted Types policy, `app`: a script's URL is of our own origin, or it is refused.

type ScriptUrlPolicy = { createScriptURL(url: string): string };
type PolicyFactory = {
	createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): ScriptUrlPolicy;
};

let policy: ScriptUrlPolicy | undefined;

/**
 * The URL as a value that `new Worker` and `serviceWorker.register` accept under `require-trusted-types-for 'script'`.
 *
 * Typed as text, since browsers without Trusted Types, and TypeScript's DOM, know nothing else.
 * Fails:  throws TypeError for another origin.
 */
export function trustedScriptUrl(url: string): string {
	policy ??= createPolicy();
	return policy.createScriptURL(url);
}

function createPolicy(): ScriptUrlPolicy {
	const rules = { createScriptURL: ownOrigin };
	const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
	return factory ? factory.createPolicy('app', rules) : rules;
}

function ownOrigin(url: string): string {
	const absolute = new URL(url, location.href);
	if (absolute.origin !== location.origin) throw new TypeError(`A script of another origin: ${absolute.origin}`);
	return absolute.href;
}

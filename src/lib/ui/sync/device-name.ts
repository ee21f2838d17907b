// What a device is called until somebody says otherwise: its browser and its system, as far as it tells them.

const browsers = [
	['Edg/', 'Edge'],
	['OPR/', 'Opera'],
	['Firefox/', 'Firefox'],
	['Chrome/', 'Chrome'],
	['Safari/', 'Safari']
] as const;
const systems = [
	['Android', 'Android'],
	['iPhone', 'iPhone'],
	['iPad', 'iPad'],
	['Windows', 'Windows'],
	['Mac OS', 'Mac'],
	['CrOS', 'ChromeOS'],
	['Linux', 'Linux']
] as const;

export function usualDeviceName(userAgent: string): string {
	const of = (known: readonly (readonly [string, string])[]): string | undefined =>
		known.find(([mark]) => userAgent.includes(mark))?.[1];
	const [browser, system] = [of(browsers), of(systems)];
	if (browser && system) return `${browser} on ${system}`;
	return browser ?? system ?? 'A device';
}

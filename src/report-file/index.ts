// The script of a report that is one HTML file: reads the bundle that stands in the page and draws it. It asks for nothing.
import { mount } from 'svelte';
import { fromBase64Url } from '#core/base64url.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { OpenedShare } from '#core/share/bundle.ts';
import { decodeBundle, type InvalidBundle } from '#core/share/bundle-bytes.ts';
import { BUNDLE_ELEMENT } from '#core/share/report-file.ts';
import { fingerprintOf } from '#lib/crypto/share.ts';
import FilePage from '#lib/ui/share/FilePage.svelte';
import './report-file.css';

const system = matchMedia('(prefers-color-scheme: dark)');
const follow = (): void => {
	document.documentElement.dataset['theme'] = system.matches ? 'dark' : 'light';
};
follow();
system.addEventListener('change', follow);

const target = document.getElementById('app');
if (target) mount(FilePage, { target, props: { opened: await openedHere() } });

async function openedHere(): Promise<Result<OpenedShare, InvalidBundle>> {
	const bytes = fromBase64Url(document.getElementById(BUNDLE_ELEMENT)?.textContent ?? '');
	if (!bytes) return err({ kind: 'invalid-bundle', why: 'packed' });
	const bundle = decodeBundle(bytes);
	return bundle.ok ? ok({ bundle: bundle.value, fingerprint: await fingerprintOf(bytes) }) : bundle;
}

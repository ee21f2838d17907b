// Where the keyboard is when the control it was on goes: a button that a form takes the place of, a form that closes, a row that is
// removed; and when it comes back, as a button does that waited for an answer. Where a question takes the place of a button, `data-focus`
// marks the answer that changes nothing: a key that is held down presses it. So does Escape, and what `data-escape` marks where something
// else is begun with. A form in which passphrases or words are typed has none: they would be gone by a key that meant a list of suggestions.

/** What can be begun with: a text that is there to be read first, or a control. */
const STARTS =
	'[tabindex="-1"], a[href], summary, button:enabled, select:enabled, textarea:enabled, input:enabled:not([type="radio"]:not(:checked))';

const OPENERS = 8;

/** Of a page, as an attachment. Whoever is somewhere else by then stays there. */
export function keepsFocus(page: HTMLElement): () => void {
	/** The control that was used last, and what it stands in, from the inside out; empty where that is not of this page. */
	let last: readonly Element[] = [];
	/** What forms took the place of, as it is called, the newest last: a form that closes is left for what it was begun with. */
	let openers: readonly string[] = [];

	const remember = ({ target }: Event): void => {
		const control = target instanceof Element ? target.closest(`${STARTS}, input, [tabindex]`) : null;
		last = control && page.contains(control) ? ancestorsOf(control, page) : [];
	};
	const observer = new MutationObserver((changes) => {
		const [control, ...around] = last;
		if (!(control instanceof HTMLElement) || !isNowhere()) return;
		if (control.isConnected) {
			if (control.matches(STARTS)) control.focus({ preventScroll: true });
			return;
		}
		const added = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((one) => one instanceof Element);
		const places = around.filter((one) => one.isConnected);
		const starts = startsIn(places[0], added);
		const back = openers.findLastIndex((name) => starts.some((one) => nameOf(one) === name));
		const opener = starts.find((one) => nameOf(one) === openers[back]);
		if (opener) openers = openers.slice(0, back);
		else if (starts.length > 0 && nameOf(control) !== '') openers = [...openers, nameOf(control)].slice(-OPENERS);
		(opener ?? starts[0] ?? headingOver(places))?.focus();
	});
	document.addEventListener('focusin', remember);
	document.addEventListener('pointerdown', remember);
	page.addEventListener('keydown', backOut);
	observer.observe(page, { childList: true, subtree: true, attributeFilter: ['disabled'] });
	return () => {
		observer.disconnect();
		page.removeEventListener('keydown', backOut);
		document.removeEventListener('focusin', remember);
		document.removeEventListener('pointerdown', remember);
	};
}

/** Escape: of the question that the keyboard is in, the answer that changes nothing. */
function backOut({ key, target, defaultPrevented }: KeyboardEvent): void {
	if (key !== 'Escape' || defaultPrevented || !(target instanceof Element)) return;
	for (let around: Element | null = target; around; around = around.parentElement) {
		const answer = around.querySelector<HTMLElement>('[data-focus], [data-escape]');
		if (answer) return answer.click();
		if (around.matches('form, .box')) return;
	}
}

/** What took the place of a control: first what is marked for it. */
function startsIn(place: Element | undefined, added: readonly Element[]): readonly HTMLElement[] {
	// Where the whole page changed, it begins anew.
	if (!place || place.querySelector('h1')) return [];
	const all = ['[data-focus]', STARTS].flatMap((kind) => [...place.querySelectorAll<HTMLElement>(kind)]);
	return all.filter((start) => added.some((one) => one.contains(start)) && start.checkVisibility());
}

/** Where nothing did: no other control, which might do what nobody meant. */
function headingOver([place, ...around]: readonly Element[]): HTMLElement | null {
	if (!place) return null;
	for (const one of [place, ...around]) {
		const headings = [...one.querySelectorAll<HTMLElement>('h1, h2, h3, h4')];
		const heading = one === place ? headings[0] : headings.findLast((over) => isBefore(over, place));
		if (!heading) continue;
		heading.tabIndex = -1;
		return heading;
	}
	return null;
}

/** Empty of a field. */
function nameOf(control: HTMLElement): string {
	return (control.getAttribute('aria-label') ?? control.textContent).trim();
}

function isBefore(one: Element, other: Element): boolean {
	return (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

function ancestorsOf(control: Element, page: Element): readonly Element[] {
	const ancestors = [control];
	for (let one = control.parentElement; one && page.contains(one); one = one.parentElement) ancestors.push(one);
	return ancestors;
}

function isNowhere(): boolean {
	return document.activeElement === null || document.activeElement === document.body;
}

// The alert rules of the workspace, the one that is open, and what became of them: incidents, silences, and what was sent.
import type { Delivery } from '#core/alert/delivery.ts';
import type { Incident, Silence } from '#core/alert/incident.ts';
import { exampleCondition, type RuleExample } from '#core/alert/example-rules.ts';
import { noticeSubject } from '#core/alert/notice-text.ts';
import type { Condition } from '#core/alert/rule.ts';
import { editRule, newRuleText } from '#core/alert/write-rule.ts';
import { editionPath } from '#core/report/edition-path.ts';
import { listAlerts, type AlertItem } from '#lib/flows/alert-rules.ts';
import { followHere } from '#lib/flows/document-homes.ts';
import { acknowledge, endSilence, retryDelivery, silence, type SilenceInput } from '#lib/flows/change-incidents.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import { AlertEditor } from './alert-editor.svelte.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { Documents } from './documents.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

const LISTED = 100;

export class Alerts extends Documents<AlertEditor> {
	#rules = $state.raw<readonly AlertItem[]>([]);
	#incidents = $state.raw<readonly Incident[]>([]);
	#silences = $state.raw<readonly Silence[]>([]);
	#deliveries = $state.raw<readonly Delivery[]>([]);
	#permission = $state<NotificationPermission>(
		typeof Notification === 'undefined' ? 'denied' : Notification.permission
	);
	/** Notices to the page that were there when it opened, or were shown since. */
	#shown: ReadonlySet<string> | null = null;
	#goTo: (path: string) => void = () => undefined;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		super('alert', effects, catalogue, toasts);
		effects.alerts.watch(() => void this.#readIncidents());
	}

	/** What the texts of the items say. */
	get rules(): readonly AlertItem[] {
		return this.#rules;
	}
	/** Those that go on first, then the newest. */
	get incidents(): readonly Incident[] {
		return this.#incidents;
	}
	/** Those that are not over. */
	get silences(): readonly Silence[] {
		return this.#silences;
	}
	/** Newest first. */
	get deliveries(): readonly Delivery[] {
		return this.#deliveries;
	}
	/** Notices to the page that nobody has seen. */
	get unseenCount(): number {
		// An edition is no alert: it is told once, and is found with its report.
		return this.#deliveries.filter(
			({ notice, seenAtMs }) => notice.channel.kind === 'page' && notice.kind !== 'edition' && seenAtMs === null
		).length;
	}
	/** What the browser says of notifications; `default` has not been asked. */
	get permission(): NotificationPermission {
		return this.#permission;
	}

	/** What is told from now on is shown, wherever a person is in the page. */
	async load(goTo: (path: string) => void): Promise<void> {
		this.#goTo = goTo;
		await this.#readIncidents();
	}

	override async refresh(): Promise<void> {
		await Promise.all([super.refresh(), this.#readIncidents()]);
	}

	/** Off, until somebody has seen its rehearsal; answers its name. */
	create(kind: RuleExample, title: string): Promise<string | null> {
		return this.createFor(exampleCondition(kind, null), title);
	}

	createFor(condition: Condition, title: string): Promise<string | null> {
		return this.write(title, newRuleText(condition));
	}

	async switch({ item }: AlertItem, isOn: boolean): Promise<void> {
		const { name } = item.document;
		const text = editRule(item.version.text, 'disabled', isOn ? null : true);
		const saved = await saveDocument({ kind: 'alert', name, text }, this.effects);
		if (!saved.ok) return this.toasts.fail(saved.error);
		this.toasts.show('good', `${name} is ${isOn ? 'on' : 'off'}`, '', await this.catalogue.undoAction());
	}

	/** From now on this device looks at the rule, and no other one does. */
	async lookHere(name: string): Promise<void> {
		const followed = await followHere({ kind: 'alert', name }, this.effects);
		if (!followed.ok) return this.toasts.fail(followed.error);
		this.toasts.show('good', `${name} is looked at here`, 'The other devices hear of it by the next sync.');
		await this.refresh();
	}

	async acknowledge(id: string): Promise<void> {
		const done = await acknowledge({ id }, this.effects);
		if (!done.ok) this.toasts.fail(done.error);
	}

	async silence(input: SilenceInput): Promise<boolean> {
		const made = await silence(input, this.effects);
		if (!made.ok) {
			this.toasts.fail(made.error);
			return false;
		}
		const undo = { label: 'Undo', run: () => void this.endSilence(made.value.id) };
		this.toasts.show('good', 'Silenced', input.why, undo);
		return true;
	}

	async endSilence(id: string): Promise<void> {
		const ended = await endSilence(id, this.effects);
		if (!ended.ok) this.toasts.fail(ended.error);
	}

	async retry(id: string): Promise<void> {
		const retried = await retryDelivery(id, this.effects);
		if (!retried.ok) this.toasts.fail(retried.error);
	}

	async markSeen(): Promise<void> {
		if (this.unseenCount === 0) return;
		const marked = await this.effects.alerts.markSeen(this.effects.now());
		if (!marked.ok) this.toasts.fail(marked.error);
	}

	/** Asks the browser when it has not been asked. */
	async allowNotifications(): Promise<void> {
		this.#permission = await Notification.requestPermission();
	}

	protected edit(item: DocumentItem): AlertEditor {
		return new AlertEditor(item, this.effects, this.catalogue, this.toasts);
	}

	protected override followed(open: AlertEditor): void {
		void open.rehearse();
	}

	protected override async readBeside(): Promise<void> {
		const rules = await listAlerts(this.effects);
		if (!rules.ok) return this.toasts.fail(rules.error);
		this.#rules = rules.value;
	}

	async #readIncidents(): Promise<void> {
		const { alerts, now } = this.effects;
		const [incidents, state, deliveries] = await Promise.all([
			alerts.incidents(LISTED),
			alerts.state(),
			alerts.deliveries(LISTED)
		]);
		if (!incidents.ok) return this.toasts.fail(incidents.error);
		if (!state.ok) return this.toasts.fail(state.error);
		if (!deliveries.ok) return this.toasts.fail(deliveries.error);
		this.#incidents = incidents.value;
		this.#silences = state.value.silences.filter(({ untilMs }) => untilMs > now());
		this.#deliveries = deliveries.value;
		this.#tell(deliveries.value.filter(({ notice }) => notice.channel.kind === 'page'));
	}

	#tell(notices: readonly Delivery[]): void {
		const shown = this.#shown;
		this.#shown = new Set(notices.map(({ id }) => id));
		if (shown === null) return;
		for (const { id, notice } of notices.toReversed()) {
			if (shown.has(id)) continue;
			const isGood = notice.kind === 'recovery' || notice.kind === 'edition';
			const facts = notice.incidents[0]?.facts;
			const about = facts?.kind === 'edition' ? 'A new edition is there.' : '';
			const [label, path] =
				facts?.kind === 'edition'
					? ['Open it', editionPath(facts.report, facts.edition)]
					: ['See the alerts', '/check?view=alerts'];
			this.toasts.show(isGood ? 'good' : 'bad', noticeSubject(notice), about, { label, run: () => this.#goTo(path) });
		}
	}
}

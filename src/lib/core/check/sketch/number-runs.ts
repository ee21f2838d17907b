// The different ones of ascending numbers, with how often each is there.

export class NumberRuns {
	/** How many are filled. */
	count = 0;
	values = new Float64Array(0);
	rows = new Int32Array(0);

	/** -0 is 0. */
	take(ascending: Float64Array): void {
		if (this.values.length < ascending.length) {
			this.values = new Float64Array(ascending.length);
			this.rows = new Int32Array(ascending.length);
		}
		const { values, rows } = this;
		let count = 0;
		for (let at = 0; at < ascending.length;) {
			const value = ascending[at] ?? 0;
			const start = at++;
			while (at < ascending.length && ascending[at] === value) at++;
			values[count] = value;
			rows[count++] = at - start;
		}
		this.count = count;
	}
}

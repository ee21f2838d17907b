// Sets the theme before the first paint, and follows the system's; a classic script, so that it runs before the page is drawn.
(() => {
	const system = matchMedia('(prefers-color-scheme: dark)');
	const set = () => {
		const chosen = localStorage.getItem('weir-theme');
		const dark = chosen === 'dark' || (chosen !== 'light' && system.matches);
		document.documentElement.dataset.theme = dark ? 'dark' : 'light';
	};
	set();
	system.addEventListener('change', set);
})();

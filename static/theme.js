// Sets the theme before the first paint; a classic script, so that it runs before the page is drawn.
(() => {
	const chosen = localStorage.getItem('weir-theme');
	const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
	document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();

/* Practice in one page: Back shows a question as it stands now, on its own address. */

if (window.htmx) window.htmx.config.history = "reload";

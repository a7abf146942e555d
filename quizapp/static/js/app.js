/* What every page does a little better with JavaScript; each of them works without it. */

/** Tell the server where the reader's days begin: forms that ask for a time zone have an empty hidden field for it. */
function fillTimezones(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const input of root.querySelectorAll('input[type="hidden"][name="timezone"]')) {
    input.value ||= zone ?? "";
  }
}

fillTimezones(document);

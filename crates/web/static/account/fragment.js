// @ts-check

// Puts the secret of a link (`#…`, which browsers never send) into its field, and takes it out of the address bar.
const field = document.querySelector("[data-from-fragment]");
const secret = location.hash.slice(1);
if (field instanceof HTMLInputElement && secret !== "") {
  field.value = secret;
  history.replaceState(null, "", location.pathname);
}

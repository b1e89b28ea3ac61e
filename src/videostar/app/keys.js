// Arrow keys and j / k go through the samples while no field has the focus.
document.addEventListener("keydown", (event) => {
  const names = { ArrowRight: "browse-next", j: "browse-next", ArrowLeft: "browse-previous", k: "browse-previous" };
  const name = names[event.key];
  const here = event.target;
  const typed = here.closest && here.closest("input:not([type=radio]), textarea, select, video, [contenteditable=true], [role=tab], [role=listbox]");
  if (!name || event.ctrlKey || event.metaKey || event.altKey || typed) return;
  const button = document.getElementById(name);
  if (button && button.offsetParent !== null) {
    event.preventDefault();
    button.click();
  }
});

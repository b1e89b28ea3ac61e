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
// A time that is clicked: the player that its list names shows the video there.
document.addEventListener("click", (event) => {
  const jump = event.target.closest && event.target.closest("[data-seek]");
  const list = jump && jump.closest("[data-player]");
  const player = list && document.getElementById(list.dataset.player);
  const video = player && player.querySelector("video");
  if (!video) return;
  const seconds = Number(jump.dataset.seek) || 0;
  const source = jump.dataset.source;
  if (source && video.getAttribute("src") !== source) {
    video.setAttribute("src", source);
    video.hidden = false;
  }
  const named = player.querySelector(".vs-named");
  if (named && jump.dataset.named) named.textContent = jump.dataset.named;
  if (video.readyState > 0) video.currentTime = seconds;
  else video.addEventListener("loadedmetadata", () => { video.currentTime = seconds; }, { once: true });
  list.querySelectorAll(".vs-here").forEach((other) => other.classList.remove("vs-here"));
  jump.classList.add("vs-here");
  video.scrollIntoView({ block: "nearest" });
});
// A file that this browser cannot play: better said than a black field.
document.addEventListener("error", (event) => {
  const video = event.target;
  if (video.tagName !== "VIDEO" || !video.getAttribute("src") || !video.closest(".vs")) return;
  if (video.nextElementSibling && video.nextElementSibling.classList.contains("vs-unplayable")) return;
  const told = document.createElement("p");
  told.className = "vs-hint vs-unplayable";
  told.textContent = "This browser cannot play this file; MP4 with H.264 plays everywhere.";
  video.after(told);
}, true);

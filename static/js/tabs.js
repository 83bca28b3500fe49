/* On a narrow screen a row of tabs scrolls: let it begin where one is. */
for (const here of document.querySelectorAll('.tabs [aria-current="page"]')) {
  here.scrollIntoView({ block: "nearest", inline: "center" });
}

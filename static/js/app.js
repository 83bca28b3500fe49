/* Everything that runs on every page. One behaviour per module; all of them are comforts:
   the pages work without any of this. */
import "./back.js";
import "./combobox.js";
import "./confirm.js";
import "./date.js";
import "./demo-login.js";
import "./draft.js";
import "./drawer.js";
import "./errors.js";
import "./inline-edit.js";
import "./merge.js";
import "./money.js";
import "./multiselect.js";
import "./new-password.js";
import "./once.js";
import "./print.js";
import "./row-editor.js";
import "./selection.js";
import "./session.js";
import "./shortcuts.js";
import "./tabs.js";
import "./task.js";
import "./totals.js";
import "./unsaved.js";

/**
 * Our own buttons among the map's: back to the zone, and the ruler.
 */

import { el, icon } from "./dom.js";
import { t } from "./i18n.js";

const { L } = window;

/**
 * @param {{map: Object, home: () => void, measure: () => void}} options
 */
export function createControls({ map, home, measure }) {
  add(map, t("回到全区"), "home", home);
  add(map, t("测量距离与面积"), "ruler", measure);
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", t("地图：方向键移动，加减键缩放；其中的项目可逐个以方向键走到，回车打开"));
}

function add(map, name, mark, act) {
  const control = L.control({ position: "topright" });
  control.onAdd = () => {
    const node = el("a", { href: "#", role: "button", class: `tool tool--${mark}`, "aria-label": name, title: name }, icon(mark));
    node.addEventListener("click", (event) => {
      event.preventDefault();
      act();
    });
    node.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      act();
    });
    const bar = el("div", { class: "leaflet-bar" }, node);
    L.DomEvent.disableClickPropagation(bar);
    return bar;
  };
  control.addTo(map);
}

/* Publishes the mean luma of each frame. */
#include <ocelli.h>

OCELLI_EXPORT("ocelli:sensing/frame-handler@0.1.0#on-frame")
ocelli_result *on_frame(ocelli_frame frame) {
  ocelli_begin();
  ocelli_bytes luma;
  ocelli_frame_read(frame, &luma);
  ocelli_frame_drop(frame);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < luma.length; i++) sum += luma.data[i];
  ocelli_publish("brightness", "1", luma.length == 0 ? 0 : (double)sum / luma.length);
  return ocelli_return(0);
}

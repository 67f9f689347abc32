// Cover switches and the seal button as the kernel shows them: hwmon's intrusion alarms
// (Documentation/hwmon/sysfs-interface: 1 from the opening until somebody clears it) and one input
// device, each key of which is the button. Everything is opened once, before the sandbox closes; a
// sensor that does not answer any more counts as opened. Only reads.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"
#include "base/terms.h"

namespace tamper {

class Sensors {
 public:
  static constexpr std::size_t kSwitchesMax = 16;

  // Every hwmon*/intrusion*_alarm below `hwmon`, also in hwmon*/device/; none is no mistake.
  // `button` is the device's path, or empty. kNotFound "button" when it is named and not there.
  static base::Result<Sensors> open(const std::string& hwmon, const std::string& button);

  // The worst of all switches; kNotWatched without any.
  [[nodiscard]] base::Cover cover() const;
  // Whether a key of the button was pressed since the last look. A button that has gone makes
  // cover() say kLost from then on.
  bool pressed();

  [[nodiscard]] std::size_t switches() const { return switches_.size(); }
  [[nodiscard]] bool has_button() const { return button_.valid(); }
  // To wait on, or -1.
  [[nodiscard]] int button() const { return button_.get(); }

 private:
  std::vector<base::Fd> switches_;
  base::Fd button_;
  bool button_lost_ = false;
};

}  // namespace tamper

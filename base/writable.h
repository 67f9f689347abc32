// For C interfaces whose signatures take pointers to what they only read (sendmsg(2), madvise(2),
// PKCS#11). The one place where const is cast away; nothing may be written through the result.
#pragma once

namespace base {

template <class T>
T* writable(const T* only_read) {
  return const_cast<T*>(only_read);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

}  // namespace base

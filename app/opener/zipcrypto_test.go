package opener

import "hash/crc32"

func crc32Of(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// keys are the three keys of ZipCrypto.
type keys [3]uint32

func newKeys(password string) *keys {
	k := &keys{0x12345678, 0x23456789, 0x34567890}
	for i := range len(password) {
		k.update(password[i])
	}
	return k
}

func (k *keys) update(c byte) {
	next := func(crc uint32, c byte) uint32 { return crc32.IEEETable[byte(crc)^c] ^ crc>>8 }
	k[0] = next(k[0], c)
	k[1] = (k[1]+k[0]&0xFF)*134775813 + 1
	k[2] = next(k[2], byte(k[1]>>24))
}

func (k *keys) seal(c byte) byte {
	t := k[2] | 2
	sealed := c ^ byte(t*(t^1)>>8)
	k.update(c)
	return sealed
}

/* SPDX-License-Identifier: Apache-2.0 */
/* structures.c - what the structures of the phantom are called, labels, SNOMED CT codes and colours, and how bright
 * they are in a CT with contrast medium in the portal venous phase. */
#include "phantom/anatomy.h"

#define BOTH(symbol, name, code, meaning, hounsfield, ...)          \
  [symbol] = {name, code, meaning, 'L', hounsfield, {__VA_ARGS__}}, \
  [(symbol) + 1] = {name, code, meaning, 'R', hounsfield, {__VA_ARGS__}}
#define ONE(symbol, name, code, meaning, hounsfield, ...) [symbol] = {name, code, meaning, 0, hounsfield, {__VA_ARGS__}}
#define LEFT(symbol, name, code, meaning, hounsfield, ...) \
  [symbol] = {name, code, meaning, 'L', hounsfield, {__VA_ARGS__}}
#define RIB(number, ordinal, code)                                                                                 \
  BOTH(RIBS + 2 * ((number)-1), "rib " #number, code, ordinal " rib", 280 + 4 * (number), 214, 200 - 6 * (number), \
       120 + 8 * (number))
#define VERTEBRA(index, name, code) \
  ONE(VERTEBRAE + (index), "vertebra " name, code, name " vertebra", 225 - 2 * (index), 230, 210, 100 + 6 * (index))

const phantom_structure phantom_structures[STRUCTURES] = {
    ONE(LIVER, "liver", "10200004", "Liver", 108, 221, 130, 101),
    BOTH(KIDNEYS, "kidney", "64033007", "Kidney", 185, 185, 102, 83),
    ONE(SPLEEN, "spleen", "78961009", "Spleen", 122, 157, 108, 162),
    ONE(AORTA, "aorta", "15825003", "Aorta", 165, 224, 97, 76),
    VERTEBRA(0, "C7", "87391001"),
    VERTEBRA(1, "T1", "64864005"),
    VERTEBRA(2, "T2", "53733008"),
    VERTEBRA(3, "T3", "1626008"),
    VERTEBRA(4, "T4", "73071006"),
    VERTEBRA(5, "T5", "56401006"),
    VERTEBRA(6, "T6", "45296009"),
    VERTEBRA(7, "T7", "62487009"),
    VERTEBRA(8, "T8", "11068009"),
    VERTEBRA(9, "T9", "82687006"),
    VERTEBRA(10, "T10", "7610001"),
    VERTEBRA(11, "T11", "12989004"),
    VERTEBRA(12, "T12", "23215003"),
    VERTEBRA(13, "L1", "66794005"),
    VERTEBRA(14, "L2", "14293000"),
    VERTEBRA(15, "L3", "36470004"),
    VERTEBRA(16, "L4", "11994002"),
    VERTEBRA(17, "L5", "49668003"),
    VERTEBRA(18, "S1", "65985001"),
    RIB(1, "First", "48535007"),
    RIB(2, "Second", "78247007"),
    RIB(3, "Third", "25888004"),
    RIB(4, "Fourth", "25523003"),
    RIB(5, "Fifth", "15339008"),
    RIB(6, "Sixth", "59558009"),
    RIB(7, "Seventh", "24915002"),
    RIB(8, "Eighth", "5953002"),
    RIB(9, "Ninth", "22565002"),
    RIB(10, "Tenth", "77644006"),
    RIB(11, "Eleventh", "58830002"),
    RIB(12, "Twelfth", "43993008"),
    BOTH(UPPER_LOBES, "lung upper lobe", "45653009", "Upper lobe of lung", -850, 172, 224, 228),
    BOTH(LOWER_LOBES, "lung lower lobe", "90572001", "Lower lobe of lung", -825, 120, 180, 200),
    ONE(MIDDLE_LOBE, "lung middle lobe right", "72481006", "Middle lobe of right lung", -840, 100, 215, 190),
    ONE(HEART, "heart", "80891009", "Heart", 135, 206, 60, 64),
    LEFT(ATRIAL_APPENDAGE, "atrial appendage", "68786006", "Auricular appendage", 148, 230, 90, 130),
    ONE(STOMACH, "stomach", "69695003", "Stomach", 42, 216, 132, 105),
    ONE(PANCREAS, "pancreas", "15776009", "Pancreas", 92, 249, 180, 111),
    ONE(GALLBLADDER, "gallbladder", "28231008", "Gallbladder", 12, 139, 190, 98),
    ONE(DUODENUM, "duodenum", "38848004", "Duodenum", 52, 255, 210, 160),
    ONE(SMALL_BOWEL, "small bowel", "30315005", "Small Intestine", 58, 205, 167, 142),
    ONE(COLON, "colon", "71854001", "Colon", 28, 204, 168, 103),
    ONE(URINARY_BLADDER, "urinary bladder", "89837001", "Urinary bladder", 6, 222, 198, 101),
    ONE(PROSTATE, "prostate", "41216001", "Prostate", 48, 230, 158, 140),
    ONE(ESOPHAGUS, "esophagus", "32849002", "Esophagus", 36, 211, 171, 143),
    ONE(TRACHEA, "trachea", "44567001", "Trachea", -960, 182, 228, 255),
    ONE(THYROID, "thyroid gland", "69748006", "Thyroid gland", 125, 62, 162, 114),
    BOTH(ADRENALS, "adrenal gland", "23451007", "Adrenal gland", 68, 249, 186, 150),
    ONE(SPINAL_CORD, "spinal cord", "2748008", "Spinal cord", 34, 244, 214, 49),
    ONE(SACRUM, "sacrum", "54735007", "Sacrum", 210, 240, 225, 190),
    BOTH(HIPS, "hip", "29836001", "Hip", 310, 212, 208, 122),
    BOTH(FEMURS, "femur", "71341001", "Femur", 420, 225, 200, 140),
    ONE(STERNUM, "sternum", "56873002", "Sternum", 190, 244, 217, 159),
    ONE(COSTAL_CARTILAGES, "costal cartilages", "50016007", "Costal cartilage", 115, 111, 184, 210),
    BOTH(CLAVICLES, "clavicle", "51299004", "Clavicle", 360, 203, 179, 130),
    BOTH(SCAPULAE, "scapula", "79601000", "Scapula", 330, 194, 190, 150),
    BOTH(HUMERI, "humerus", "85050009", "Humerus", 400, 205, 179, 108),
    ONE(SKULL, "skull", "89546000", "Skull", 850, 241, 214, 145),
    BOTH(AUTOCHTHON, "autochthonous muscle", "244849004", "Deep muscle of back", 60, 171, 85, 68),
    BOTH(ILIOPSOAS, "iliopsoas", "68455001", "Iliopsoas muscle", 62, 192, 104, 88),
    BOTH(GLUTEUS_MAXIMUS, "gluteus maximus", "181674001", "Gluteus maximus muscle", 56, 150, 70, 60),
    BOTH(GLUTEUS_MEDIUS, "gluteus medius", "78333006", "Gluteus medius muscle", 58, 178, 95, 75),
    BOTH(GLUTEUS_MINIMUS, "gluteus minimus", "75297007", "Gluteus minimus muscle", 54, 200, 120, 95),
    ONE(VENA_CAVA_INFERIOR, "inferior vena cava", "64131007", "Inferior vena cava", 140, 0, 151, 206),
    ONE(VENA_CAVA_SUPERIOR, "superior vena cava", "48345005", "Superior vena cava", 155, 20, 120, 200),
    ONE(PORTAL_VEIN, "portal vein and splenic vein", "110765007", "Portal vein and splenic vein", 160, 0, 90, 220),
    ONE(PULMONARY_VEIN, "pulmonary vein", "122972007", "Pulmonary vein", 150, 186, 77, 64),
    BOTH(ILIAC_ARTERIES, "iliac artery", "73634005", "Common iliac artery", 168, 216, 30, 40),
    BOTH(ILIAC_VEINS, "iliac vein", "46027005", "Common iliac vein", 118, 40, 92, 230),
    ONE(BRACHIOCEPHALIC_TRUNK, "brachiocephalic trunk", "12691009", "Brachiocephalic artery", 170, 240, 60, 60),
    BOTH(SUBCLAVIAN_ARTERIES, "subclavian artery", "36765005", "Subclavian artery", 172, 230, 50, 80),
    BOTH(CAROTIDS, "common carotid artery", "32062004", "Common carotid artery", 174, 250, 80, 50),
    BOTH(BRACHIOCEPHALIC_VEINS, "brachiocephalic vein", "8887007", "Brachiocephalic vein", 152, 60, 110, 240),
};
